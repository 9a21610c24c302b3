// SPDX-License-Identifier: GPL-3.0-or-later
// The customer's start page as people get it: languages, sizes, both schemes, without script, under its own policy.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { startBrowser, startRelay } from './support.mjs';

let relay;
let browser;

before(async () => {
    relay = await startRelay('Acme <b>& Söhne</b>');
    browser = await startBrowser();
});

after(async () => {
    await browser?.close();
    await relay?.stop();
});

async function open(options, path = '/') {
    const context = await browser.newContext({ ignoreHTTPSErrors: true, ...options });
    const page = await context.newPage();
    const problems = [];
    const asked = [];
    page.on('console', (message) => message.type() === 'error' && problems.push(message.text()));
    page.on('pageerror', (error) => problems.push(String(error)));
    page.on('request', (request) => asked.push(request.url()));
    const response = await page.goto(relay.https + path);
    return { context, page, problems, asked, response };
}

// Contrast of WCAG 2.2 between two "rgb(r, g, b)".
function contrast(a, b) {
    const luminance = (text) => {
        const [r, g, bl] = text.match(/\d+(\.\d+)?/g).slice(0, 3).map((v) => {
            const c = Number(v) / 255;
            return c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4;
        });
        return 0.2126 * r + 0.7152 * g + 0.0722 * bl;
    };
    const [high, low] = [luminance(a), luminance(b)].sort((x, y) => y - x);
    return (high + 0.05) / (low + 0.05);
}

for (const colorScheme of ['light', 'dark']) {
    for (const width of [360, 1280]) {
        test(`fits and can be read in ${colorScheme} at ${width} px`, async () => {
            const { context, page, problems, asked } = await open({
                colorScheme, viewport: { width, height: 900 }, locale: 'en-US' });
            const sizes = await page.evaluate(() => ({
                wide: document.documentElement.scrollWidth, view: window.innerWidth }));
            assert.ok(sizes.wide <= sizes.view, `${sizes.wide} px wide in ${sizes.view}`);
            const pairs = await page.evaluate(() => {
                const ground = (e) => {
                    for (; e; e = e.parentElement) {
                        const color = getComputedStyle(e).backgroundColor;
                        if (color !== 'rgba(0, 0, 0, 0)') return color;
                    }
                    return 'rgb(255, 255, 255)';
                };
                return [...document.querySelectorAll('h1,h2,p,li,a,span,code,footer')].map((e) =>
                    [e.tagName, getComputedStyle(e).color, ground(e)]);
            });
            assert.ok(pairs.length > 15);
            for (const [tag, color, ground] of pairs)
                assert.ok(contrast(color, ground) >= 4.5, `${tag}: ${color} on ${ground}`);
            for (const box of await page.locator('a').evaluateAll((links) =>
                links.map((a) => a.getBoundingClientRect().height)))
                assert.ok(box >= 44, `a link of ${box} px`);
            assert.deepEqual(problems, []);
            assert.ok(asked.every((url) => url.startsWith(relay.https)), asked.join(' '));
            await context.close();
        });
    }
}

test('speaks the language of the browser, and the other one on a click', async () => {
    const { context, page } = await open({ locale: 'fr-CH', extraHTTPHeaders: { 'Accept-Language': 'fr-CH, fr;q=0.9, en;q=0.8' } });
    assert.equal(await page.getAttribute('html', 'lang'), 'fr');
    await page.getByRole('link', { name: 'English' }).click();
    assert.equal(await page.getAttribute('html', 'lang'), 'en');
    assert.match(await page.textContent('h1'), /Get help/);
    await context.close();
});

test('says everything without script, the warning before the steps', async () => {
    const { context, page } = await open({ javaScriptEnabled: false, locale: 'en-US' });
    const text = await page.locator('main').innerText();
    assert.ok(text.indexOf('Did someone call') >= 0);
    assert.ok(text.indexOf('Did someone call') < text.indexOf('9-digit code'));
    assert.match(text, /for 15 minutes/);
    await context.close();
});

test('shows the organisation as text, never as markup', async () => {
    const { context, page } = await open({ locale: 'en-US' });
    assert.equal(await page.locator('.brand').innerText(), 'Acme <b>& Söhne</b>');
    assert.equal(await page.locator('b').count(), 0);
    await context.close();
});

test('every link can be reached by keyboard and shows the focus', async () => {
    const { context, page } = await open({ locale: 'en-US' });
    await page.keyboard.press('Tab');
    const outline = await page.evaluate(() => {
        const style = getComputedStyle(document.activeElement);
        return [document.activeElement.tagName, style.outlineStyle, style.outlineWidth];
    });
    assert.deepEqual(outline, ['A', 'solid', '2px']);
    await context.close();
});

test('an unknown address gets a page in the same look, and the way back', async () => {
    const { context, page, response } = await open({ locale: 'en-US' }, '/admin.php');
    assert.equal(response.status(), 404);
    await page.getByRole('link', { name: 'start page' }).click();
    assert.match(await page.textContent('h1'), /Get help/);
    await context.close();
});

test('the policy lets no script run, not even one put into the page', async () => {
    const { context, page, problems } = await open({ locale: 'en-US' });
    await page.evaluate(() => {
        const script = document.createElement('script');
        script.textContent = 'window.wasRun = true';
        document.body.append(script);
    });
    assert.equal(await page.evaluate(() => window.wasRun), undefined);
    assert.equal(problems.length, 1);
    assert.match(problems[0], /Content Security Policy/);
    await context.close();
});

test('a page of a browser cannot open the WebSocket of legs', async () => {
    const { context, page } = await open({ locale: 'en-US', bypassCSP: true });
    const end = await page.evaluate((url) => new Promise((resolve) => {
        const socket = new WebSocket(url);
        socket.onopen = () => resolve('open');
        socket.onerror = () => resolve('refused');
    }), relay.https.replace('https', 'wss') + '/leg');
    assert.equal(end, 'refused');
    await context.close();
});
