import { type History, isSummary, type Turn } from '../history/history.ts';

/**
 * The same history, for one turn of one session: `onTurn` sees what is appended to the session once it is stored. So
 * what a visitor sees while tools run is what is seen again after a reload.
 */
export function watchHistory(history: History, sessionId: string, onTurn: (turn: Turn) => void): History {
  return {
    append: async (id, entry, expectedSequence) => {
      const sequence = await history.append(id, entry, expectedSequence);
      if (id === sessionId && !isSummary(entry)) onTurn(entry);
      return sequence;
    },
    read: (id) => history.read(id),
    sessions: () => history.sessions(),
    delete: (id) => history.delete(id),
    // Whoever answers one turn does not end the others.
    close: async () => undefined,
  };
}
