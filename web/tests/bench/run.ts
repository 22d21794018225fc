/** `npm run bench`: the decoder first, then the page in Chromium. */

import { main as decode } from './decode';
import { main as page } from './page';

if (!process.env.CELLS) decode();
await page();
