/** The chat page (`startChat`), and what a page of your own may want of it: Markdown as safe HTML, an address behind Jupyter. */

export type { Answerer, AnswererRequest, AnswererResult, AnswererStream, AskVisitor } from './answerer.ts';
export type { ChatBudget, ChatLimits } from './limits.ts';
export type { OfferedModel } from './list-models.ts';
export { type JupyterProxy, readJupyterAddress } from './proxies.ts';
export { renderMarkdown } from './render-markdown.ts';
export { type Chat, type ChatOptions, startChat } from './start-chat.ts';
