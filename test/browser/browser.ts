import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type BrowserContext, chromium, firefox } from 'playwright-core';

export type BrowserName = 'chromium' | 'firefox';

const candidates = {
  chromium: [
    process.env.CHROMIUM,
    '/usr/bin/chromium',
    '/usr/bin/chromium-browser',
    '/usr/bin/google-chrome',
  ],
  firefox: [process.env.FIREFOX, '/usr/bin/firefox-esr', '/usr/bin/firefox'],
};
const packages = { chromium: 'chromium', firefox: 'firefox-esr' };

/** The system's browser, with a profile of its own that goes away with it. */
export async function openBrowser(
  name: BrowserName = 'chromium',
): Promise<{ context: BrowserContext; close: () => Promise<void> }> {
  const executablePath = candidates[name].find((path) => path !== undefined && existsSync(path));
  if (!executablePath) {
    throw new Error(
      `No ${name} was found. Install it (apt-get install ${packages[name]}), or name it in ${name.toUpperCase()}.`,
    );
  }
  const profile = mkdtempSync(join(tmpdir(), 'browser-'));
  const common = { executablePath, headless: true, viewport: { width: 1440, height: 960 } };
  const context = await (name === 'chromium' ? openChromium : openFirefox)(profile, common);
  return {
    context,
    close: async () => {
      await context.close();
      rmSync(profile, { recursive: true, force: true });
    },
  };
}

type Common = NonNullable<Parameters<typeof chromium.launchPersistentContext>[1]>;

function openChromium(profile: string, common: Common): Promise<BrowserContext> {
  return chromium.launchPersistentContext(profile, {
    ...common,
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  });
}

/**
 * Firefox as it is installed. The one that Playwright patches cannot be had without its own download; by a channel that
 * begins with `moz-` Playwright speaks WebDriver BiDi, which every Firefox has, on a free port.
 */
function openFirefox(profile: string, common: Common): Promise<BrowserContext> {
  leaveOutMediaFeatures();
  return firefox.launchPersistentContext(profile, {
    ...common,
    channel: 'moz-firefox',
    timeout: 100_000,
    firefoxUserPrefs: {
      // Nothing is asked of Mozilla's servers.
      'services.settings.server': 'data:,#remote-settings-dummy/v1',
      'app.normandy.enabled': false,
      'app.update.disabledForTesting': true,
      'browser.newtabpage.enabled': false,
      'browser.safebrowsing.malware.enabled': false,
      'browser.startup.homepage_override.mstone': 'ignore',
      'browser.startup.page': 0,
      'datareporting.policy.dataSubmissionEnabled': false,
      'extensions.getAddons.cache.enabled': false,
      'extensions.systemAddon.update.enabled': false,
      'network.captive-portal-service.enabled': false,
      'network.connectivity-service.enabled': false,
      'toolkit.telemetry.server': '',
    },
  });
}

/** What of Playwright's own is reached for below; it holds for the version that package.json pins. */
interface Inner {
  readonly _connection?: {
    toImpl?: (type: unknown) => { readonly _bidiFirefox?: Connects };
  };
}
interface Connects {
  connectToTransport(transport: Transport, options: object): Promise<unknown>;
}
interface Transport {
  send(message: { readonly id: number; readonly method: string }): void;
  onmessage?: (message: object) => void;
}

let isLeftOut = false;

/**
 * Playwright sets the media features of every page, with a command that Firefox ESR 153 does not know yet. It is
 * answered here, and does nothing: `emulateMedia` has no effect in Firefox.
 */
function leaveOutMediaFeatures(): void {
  const inner = (firefox as unknown as Inner)._connection?.toImpl?.(firefox)._bidiFirefox;
  if (isLeftOut || inner === undefined) return;
  isLeftOut = true;
  const connect = inner.connectToTransport.bind(inner);
  inner.connectToTransport = (transport, options) => {
    const send = transport.send.bind(transport);
    transport.send = (message) => {
      const { id, method } = message;
      if (method !== 'emulation.setMediaFeaturesOverride') send(message);
      else setImmediate(() => transport.onmessage?.({ type: 'success', id, result: {} }));
    };
    return connect(transport, options);
  };
}
