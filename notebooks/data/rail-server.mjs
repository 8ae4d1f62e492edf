// A server of the Model Context Protocol on stdio: timetables and tickets, which are sample data.
import { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js';
import { StdioServerTransport } from '@modelcontextprotocol/sdk/server/stdio.js';
import { z } from 'zod';

const server = new McpServer({ name: 'rail', version: '1.0.0' });
const city = z.string().describe('A city, such as Toronto');
const platforms = { Toronto: 4, Berlin: 11, Tokyo: 7 };

server.registerTool(
  'get_train_platform',
  { description: 'The platform of the next train to a city.', inputSchema: { city } },
  ({ city: to }) => {
    if (!(to in platforms))
      return { isError: true, content: [{ type: 'text', text: `No train goes to ${to}.` }] };
    return {
      content: [{ type: 'text', text: `The next train to ${to} leaves from platform ${platforms[to]}.` }],
    };
  },
);

// The smallest picture there is: one pixel.
const pixel =
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==';

server.registerTool('get_station_map', { description: 'A map of a station, as a picture.' }, () => ({
  content: [
    { type: 'text', text: 'The station from above:' },
    { type: 'image', data: pixel, mimeType: 'image/png' },
  ],
}));

await server.connect(new StdioServerTransport());
