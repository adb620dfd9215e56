import { postgresOnMount } from './postgres-on-mount.js';

postgresOnMount(3);
