/**
 * undici 8 refuses to load whole on Node 20 but its pool does, so it is imported by path.
 * See docs/decisions for the measurement.
 */
declare module 'undici/lib/dispatcher/pool.js' {
  import type { Pool } from 'undici';
  const PoolClass: typeof Pool;
  export default PoolClass;
}
