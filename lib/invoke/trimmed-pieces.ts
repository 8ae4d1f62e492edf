/**
 * Takes the white space around a text away while it comes in pieces: gives a function that is called with each piece
 * and gives what of the text is certain to be inside. White space at a piece's end waits for a word after it; what
 * still waits at the end was the text's end. Put together, the pieces are the text's `trim()`.
 */
export function trimmedPieces(): (piece: string) => string {
  let begun = false;
  let waiting = '';
  return (piece) => {
    const text = begun ? waiting + piece : piece.trimStart();
    if (text === '') return '';
    const inside = text.trimEnd();
    if (inside === '') {
      waiting = text;
      return '';
    }
    begun = true;
    waiting = text.slice(inside.length);
    return inside;
  };
}
