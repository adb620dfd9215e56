import { postgresOnMount } from './postgres-on-mount.js';

postgresOnMount({ seconds: 3 });
