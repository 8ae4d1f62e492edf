/**
 * What the kernel gives cells beside what Node has. The compiler of cells reads this, and nothing else of the project does.
 */

/**
 * Asks for a line and waits for it, in the box that Jupyter shows below the cell.
 *
 * @param message the question
 * @param defaultValue the answer when the line is left empty
 * @throws where nobody can type: when the notebook is run by a program
 */
declare function prompt(message?: string, defaultValue?: string): string;
