/** `npm run build`. */
import { buildProduct } from './build-product.js';

await buildProduct();
