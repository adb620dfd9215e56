import { noReadShowsThePast } from './no-read-shows-the-past.js';

noReadShowsThePast({ mount: 300, bare: 100 });
