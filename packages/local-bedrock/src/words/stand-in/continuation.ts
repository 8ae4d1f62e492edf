import type { Question, Skill } from './question.ts';

const asked =
  /^(?:please )?(?:go on|continue|keep going|carry on|and\?|finish (?:it|your answer|that))\b.{0,40}$/i;

/** `Go on` after an answer that was cut: what the same skills would have said further. */
export function continuation(skills: readonly Skill[]): Skill {
  return (question) => {
    const { prompt, earlier } = question;
    if (!asked.test(prompt.trim())) return undefined;
    const [before, answer] = earlier.slice(-2);
    if (before?.role !== 'user' || answer?.role !== 'assistant') return undefined;
    const again: Question = { ...question, prompt: before.text, earlier: earlier.slice(0, -2) };
    for (const skill of skills) {
      const whole = skill(again);
      if (whole === undefined) continue;
      const said = answer.text.trimEnd();
      return typeof whole === 'string' && whole.startsWith(said) && whole.length > said.length
        ? whole.slice(said.length).trimStart()
        : 'My last answer was complete.';
    }
    return undefined;
  };
}
