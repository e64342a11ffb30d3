-- Casts between types, and whether assignment makes them by itself. Parameters: none. Serves 12 and later.
SELECT pg_catalog.format_type(c.castsource, NULL) AS "from",
       pg_catalog.format_type(c.casttarget, NULL) AS "to",
       c.castcontext IN ('a', 'i') AS is_assignment
  FROM pg_catalog.pg_cast AS c
 WHERE c.castsource <> c.casttarget
