/** The chat page (`startChat`), and what a page of your own may want of it: Markdown as safe HTML, an address behind Jupyter. */
export { type JupyterProxy, readJupyterAddress } from './behind-jupyter.ts';
export type { ChatLimits } from './limits.ts';
export type { OfferedModel } from './list-models.ts';
export { renderMarkdown } from './render-markdown.ts';
export { type Chat, type ChatOptions, startChat } from './start-chat.ts';
export type { AskVisitor, Talk, Talker, TalkerRequest, TalkResult } from './talk.ts';
