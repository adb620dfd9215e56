import { noReadShowsThePast } from './no-read-shows-the-past.js';

noReadShowsThePast({ mount: 600, bare: 200 });
