-- Event triggers. Parameters: none. Columns: those of struct object, then the fields of event_trigger.c. Serves 12 and later.
SELECT quote_ident(e.evtname) AS identity,
       quote_ident(e.evtname) AS name,
       NULL AS parent,
       NULL AS schema,
       obj_description(e.oid, 'pg_event_trigger') AS comment,
       'pg_event_trigger'::regclass::oid AS class_id,
       e.oid AS object_id,
       0 AS sub_id,
       e.evtevent AS event,
       (SELECT string_agg(quote_literal(u.tag), ', ' ORDER BY u.place) FROM unnest(e.evttags) WITH ORDINALITY AS u(tag, place)) AS tags,
       pg_catalog.format('%I.%I()', n.nspname, p.proname) AS function,
       CASE e.evtenabled WHEN 'O' THEN 'ENABLE' WHEN 'D' THEN 'DISABLE' WHEN 'R' THEN 'ENABLE REPLICA' ELSE 'ENABLE ALWAYS' END
           AS enabled
  FROM pg_catalog.pg_event_trigger AS e
  JOIN pg_catalog.pg_proc AS p ON p.oid = e.evtfoid
  JOIN pg_catalog.pg_namespace AS n ON n.oid = p.pronamespace
