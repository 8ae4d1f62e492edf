/** When an answer says it was made, in seconds: in 2025, and the same for the same request, as all of it is. */
export function createdFrom(requestHash: string): number {
  return 1_735_689_600 + (Number.parseInt(requestHash.slice(0, 8), 16) % 31_536_000);
}
