-- What relations look like. $1: their names as text[], schema-qualified and quoted. Columns: name, digest ("-": there is none).
-- Serves 12 and later. Runs with an empty search_path.
SELECT t.name,
       CASE WHEN c.oid IS NULL THEN '-' ELSE pg_catalog.md5(pg_catalog.concat_ws(E'\n',
           c.relkind::text, c.relpersistence::text, c.relrowsecurity::text, c.relforcerowsecurity::text, pg_catalog.array_to_string(c.reloptions, ','),
           c.relowner::pg_catalog.regrole::text,
           (SELECT pg_catalog.string_agg(pg_catalog.concat_ws(' ', a.attnum, a.attname, pg_catalog.format_type(a.atttypid, a.atttypmod), a.attnotnull,
                                                              a.attidentity, a.attgenerated, pg_catalog.pg_get_expr(d.adbin, d.adrelid)), E'\n' ORDER BY a.attnum)
              FROM pg_catalog.pg_attribute AS a
              LEFT JOIN pg_catalog.pg_attrdef AS d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
             WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped),
           (SELECT pg_catalog.string_agg(pg_catalog.concat_ws(' ', k.conname, k.conrelid::pg_catalog.regclass, k.convalidated,
                                                              pg_catalog.pg_get_constraintdef(k.oid)), E'\n' ORDER BY k.conrelid::pg_catalog.regclass::text, k.conname)
              FROM pg_catalog.pg_constraint AS k WHERE k.conrelid = c.oid OR k.confrelid = c.oid),
           (SELECT pg_catalog.string_agg(pg_catalog.concat_ws(' ', i.indisvalid, pg_catalog.pg_get_indexdef(i.indexrelid)), E'\n'
                                         ORDER BY i.indexrelid::pg_catalog.regclass::text)
              FROM pg_catalog.pg_index AS i WHERE i.indrelid = c.oid),
           (SELECT pg_catalog.string_agg(pg_catalog.concat_ws(' ', g.tgenabled, pg_catalog.pg_get_triggerdef(g.oid)), E'\n' ORDER BY g.tgname)
              FROM pg_catalog.pg_trigger AS g WHERE g.tgrelid = c.oid AND NOT g.tgisinternal),
           (SELECT pg_catalog.string_agg(pg_catalog.concat_ws(' ', p.polname, p.polcmd, pg_catalog.pg_get_expr(p.polqual, p.polrelid),
                                                              pg_catalog.pg_get_expr(p.polwithcheck, p.polrelid)), E'\n' ORDER BY p.polname)
              FROM pg_catalog.pg_policy AS p WHERE p.polrelid = c.oid),
           -- Its own rules, a view's among them, and the relations whose rules need it.
           (SELECT pg_catalog.string_agg(pg_catalog.pg_get_ruledef(r.oid), E'\n' ORDER BY r.rulename)
              FROM pg_catalog.pg_rewrite AS r WHERE r.ev_class = c.oid),
           (SELECT pg_catalog.string_agg(u.name, ',' ORDER BY u.name)
              FROM (SELECT DISTINCT r.ev_class::pg_catalog.regclass::text AS name
                      FROM pg_catalog.pg_depend AS e
                      JOIN pg_catalog.pg_rewrite AS r ON r.oid = e.objid
                     WHERE e.classid = 'pg_catalog.pg_rewrite'::pg_catalog.regclass AND e.refclassid = 'pg_catalog.pg_class'::pg_catalog.regclass
                       AND e.refobjid = c.oid AND r.ev_class <> c.oid) AS u),
           (SELECT pg_catalog.string_agg(h.inhrelid::pg_catalog.regclass::text, ',' ORDER BY h.inhrelid::pg_catalog.regclass::text)
              FROM pg_catalog.pg_inherits AS h WHERE h.inhparent = c.oid))) END AS digest
  FROM pg_catalog.unnest($1::pg_catalog.text[]) AS t (name)
  LEFT JOIN pg_catalog.pg_class AS c ON c.oid = pg_catalog.to_regclass(t.name)
 ORDER BY t.name COLLATE "C"
