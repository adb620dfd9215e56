import { postgresOnMount } from './postgres-on-mount.js';

postgresOnMount({ seconds: 1, rate: 200 });
