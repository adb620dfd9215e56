import { noReadShowsThePast } from './no-read-shows-the-past.js';

noReadShowsThePast({ mount: 1500, bare: 400 });
