import type { Route } from '../http/route.ts';
import type { ControlPorts } from '../ports.ts';
import { aboutRoutes } from './about-routes.ts';
import { auditRoutes } from './audit-routes.ts';
import { bulkRoutes } from './bulk-routes.ts';
import { explainRoutes } from './explain-routes.ts';
import { healthRoutes } from './health-routes.ts';
import { keyRoutes } from './key-routes.ts';
import { recordRoutes } from './record-routes.ts';
import { resourceRoutes } from './resource-routes.ts';
import { standingRoutes } from './standing-routes.ts';

/** Every route there is. */
export function allRoutes(ports: ControlPorts): readonly Route[] {
  const routes = [
    ...resourceRoutes(ports),
    ...keyRoutes(ports),
    ...bulkRoutes(ports),
    ...standingRoutes(ports),
    ...healthRoutes(ports),
    ...recordRoutes(ports),
    ...explainRoutes(ports),
    ...auditRoutes(ports),
  ];
  return [...routes, ...aboutRoutes(ports, routes)];
}
