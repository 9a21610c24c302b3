// SPDX-License-Identifier: GPL-3.0-or-later
// A real relay and a real browser for the tests of the pages.
import { spawn, execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { chromium } from 'playwright-core';

const program = join(process.env.DESKSIDE_BIN ?? 'build/bin', 'deskside-relay');

export async function startRelay(org = 'Acme Support') {
    const folder = mkdtempSync(join(tmpdir(), 'deskside-web-'));
    const data = join(folder, 'relay');
    execFileSync(program, ['init', '--data', data, '--host', 'localhost', '--org', org, '--ports', '0']);
    const child = spawn(program, ['serve', '--data', data], { stdio: ['ignore', 'pipe', 'ignore'] });
    const port = await new Promise((resolve, reject) => {
        child.once('exit', (code) => reject(new Error(`the relay ended with ${code}`)));
        createInterface(child.stdout).on('line', (line) => {
            const found = /^listening port=(\d+)$/.exec(line);
            if (found) resolve(Number(found[1]));
        });
    });
    return {
        port,
        https: `https://localhost:${port}`,
        http: `http://localhost:${port}`,
        async stop() {
            const ended = new Promise((resolve) => child.once('exit', resolve));
            child.kill('SIGTERM');
            await ended;
            rmSync(folder, { recursive: true, force: true });
        },
    };
}

export async function startBrowser() {
    return chromium.launch({
        executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
        args: ['--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run',
            '--disable-background-networking', '--disable-component-update', '--disable-sync'],
    });
}
