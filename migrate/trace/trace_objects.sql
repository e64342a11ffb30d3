-- Everything outside the system's schemas that a statement can make, drop or change, as far as a hazard asks for it. Members of
-- extensions are left out. What SQL of users makes has an oid of 16384 or more. The role that runs it and the one that applies on the target
-- (pgdeck.role) are both called OWNER; rights that are there by default are rights like others, written or not (acldefault); an owner's own are left out.
-- Columns: id (unique, the same for as long as the object lives), kind, relation (the oid of the table that it is a part of, or 0),
-- name, last (its last part, not quoted), rights (who may do what, parts behind commas; NULL: it has none), state, shape. By id.
-- Serves 12 and newer.
WITH space AS (
    SELECT n.oid, n.nspname, n.nspowner, n.nspacl
    FROM pg_catalog.pg_namespace AS n
    WHERE n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
), role AS MATERIALIZED (
    SELECT 0::oid AS oid, 'PUBLIC' AS name
    UNION ALL
    SELECT r.oid, CASE WHEN r.rolname IN (session_user, pg_catalog.current_setting('pgdeck.role', true)) THEN 'OWNER' ELSE pg_catalog.quote_ident(r.rolname) END
    FROM pg_catalog.pg_roles AS r
), object AS (
    SELECT 'schema' AS kind, 'pg_catalog.pg_namespace'::regclass AS class, n.oid, 0 AS sub, 0::oid AS relation, pg_catalog.format('%I', n.nspname) AS name,
        n.nspname::text AS last, n.nspowner AS owner, n.nspacl AS acl, NULL AS extra,
        '' AS state, '' AS shape
    FROM space AS n
    UNION ALL
    SELECT CASE c.relkind WHEN 'v' THEN 'view' WHEN 'm' THEN 'materialized view' WHEN 'i' THEN 'index' WHEN 'I' THEN 'index'
            WHEN 'S' THEN 'sequence' WHEN 'f' THEN 'foreign table' ELSE 'table' END,
        'pg_catalog.pg_class'::regclass, c.oid, 0, coalesce(i.indrelid, 0), pg_catalog.format('%I.%I', n.nspname, c.relname), c.relname,
        CASE WHEN i.indrelid IS NULL THEN c.relowner END,
        CASE WHEN i.indrelid IS NULL THEN c.relacl END,
        pg_catalog.concat_ws(', ', CASE WHEN c.relrowsecurity THEN 'row security' END, CASE WHEN c.relforcerowsecurity THEN 'forced' END),
        CASE WHEN i.indisvalid THEN 'valid' WHEN i.indisvalid IS NULL THEN c.relpersistence::text ELSE 'not valid' END,
        CASE WHEN i.indrelid IS NOT NULL THEN pg_catalog.md5(pg_catalog.concat_ws(' ', c.relam::text, i.indisunique::text, i.indkey::text, i.indclass::text,
                i.indcollation::text, i.indoption::text, pg_catalog.pg_get_expr(i.indexprs, i.indrelid), 'where ' || pg_catalog.pg_get_expr(i.indpred, i.indrelid)))
            WHEN c.relkind IN ('r', 'p') AND NOT c.relispartition
                AND NOT EXISTS (SELECT FROM pg_catalog.pg_inherits AS h WHERE h.inhrelid = c.oid)
                AND NOT EXISTS (SELECT FROM pg_catalog.pg_index AS k WHERE k.indrelid = c.oid AND k.indisprimary) THEN 'without a primary key'
            ELSE '' END
    FROM pg_catalog.pg_class AS c
    JOIN space AS n ON n.oid = c.relnamespace
    LEFT JOIN pg_catalog.pg_index AS i ON i.indexrelid = c.oid
    WHERE c.relkind <> 'c' AND c.oid >= 16384
    UNION ALL
    SELECT 'column', 'pg_catalog.pg_class'::regclass, c.oid, a.attnum, c.oid, pg_catalog.format('%I.%I.%I', n.nspname, c.relname, a.attname), a.attname,
        NULL, a.attacl, CASE WHEN c.relkind IN ('r', 'p', 'f') THEN '' END, CASE WHEN a.attnotnull THEN 'not null' ELSE '' END,
        pg_catalog.format('%s.%s %s', a.atttypid, a.atttypmod, pg_catalog.format_type(a.atttypid, a.atttypmod))
    FROM pg_catalog.pg_attribute AS a
    JOIN pg_catalog.pg_class AS c ON c.oid = a.attrelid
    JOIN space AS n ON n.oid = c.relnamespace
    WHERE a.attrelid >= 16384 AND c.oid >= 16384 AND a.attnum > 0 AND NOT a.attisdropped AND c.relkind IN ('r', 'p', 'f', 'v', 'm')
    UNION ALL
    SELECT CASE a.attgenerated WHEN '' THEN 'default' ELSE 'generation expression' END, 'pg_catalog.pg_attrdef'::regclass, d.oid, 0, c.oid,
        pg_catalog.format('%I.%I.%I', n.nspname, c.relname, a.attname), a.attname, NULL, NULL, NULL, a.attgenerated::text, pg_catalog.md5(d.adbin::text)
    FROM pg_catalog.pg_attrdef AS d
    JOIN pg_catalog.pg_attribute AS a ON a.attrelid = d.adrelid AND a.attnum = d.adnum
    JOIN pg_catalog.pg_class AS c ON c.oid = d.adrelid
    JOIN space AS n ON n.oid = c.relnamespace
    UNION ALL
    SELECT 'identity', 'pg_catalog.pg_attribute'::regclass, c.oid, a.attnum, c.oid, pg_catalog.format('%I.%I.%I', n.nspname, c.relname, a.attname), a.attname,
        NULL, NULL, NULL, '', ''
    FROM pg_catalog.pg_attribute AS a
    JOIN pg_catalog.pg_class AS c ON c.oid = a.attrelid
    JOIN space AS n ON n.oid = c.relnamespace
    WHERE a.attrelid >= 16384 AND a.attidentity <> '' AND NOT a.attisdropped
    UNION ALL
    SELECT CASE k.contype WHEN 'p' THEN 'primary key' WHEN 'u' THEN 'unique constraint' WHEN 'f' THEN 'foreign key' WHEN 'x' THEN 'exclusion constraint'
            ELSE 'check constraint' END,
        'pg_catalog.pg_constraint'::regclass, k.oid, 0, k.conrelid,
        CASE WHEN k.conrelid = 0 THEN pg_catalog.format('%I.%I.%I', n.nspname, t.typname, k.conname) ELSE pg_catalog.format('%I.%I.%I', n.nspname, c.relname, k.conname) END,
        k.conname, NULL, NULL, NULL, CASE WHEN k.convalidated THEN 'valid' ELSE 'not valid' END,
        CASE WHEN k.contype = 'f' AND NOT EXISTS (
                SELECT FROM pg_catalog.pg_index AS i
                WHERE i.indrelid = k.conrelid AND i.indpred IS NULL
                    AND (SELECT pg_catalog.array_agg(i.indkey[p.at]) FROM pg_catalog.generate_series(0, pg_catalog.array_length(k.conkey, 1) - 1) AS p(at)) @> k.conkey)
            THEN 'without an index' ELSE '' END
    FROM pg_catalog.pg_constraint AS k
    LEFT JOIN pg_catalog.pg_class AS c ON c.oid = k.conrelid
    LEFT JOIN pg_catalog.pg_type AS t ON t.oid = k.contypid
    JOIN space AS n ON n.oid = k.connamespace
    WHERE k.oid >= 16384 AND k.contype IN ('p', 'u', 'f', 'x', 'c')
    UNION ALL
    SELECT 'trigger', 'pg_catalog.pg_trigger'::regclass, g.oid, 0, c.oid, pg_catalog.format('%I.%I.%I', n.nspname, c.relname, g.tgname), g.tgname, NULL, NULL, NULL,
        CASE WHEN g.tgenabled = 'D' THEN 'disabled' ELSE '' END, ''
    FROM pg_catalog.pg_trigger AS g
    JOIN pg_catalog.pg_class AS c ON c.oid = g.tgrelid
    JOIN space AS n ON n.oid = c.relnamespace
    WHERE NOT g.tgisinternal
    UNION ALL
    SELECT 'rule', 'pg_catalog.pg_rewrite'::regclass, r.oid, 0, c.oid, pg_catalog.format('%I.%I.%I', n.nspname, c.relname, r.rulename), r.rulename, NULL, NULL, NULL,
        CASE WHEN r.ev_enabled = 'D' THEN 'disabled' ELSE '' END, ''
    FROM pg_catalog.pg_rewrite AS r
    JOIN pg_catalog.pg_class AS c ON c.oid = r.ev_class
    JOIN space AS n ON n.oid = c.relnamespace
    WHERE r.oid >= 16384 AND r.rulename <> '_RETURN'
    UNION ALL
    SELECT 'policy', 'pg_catalog.pg_policy'::regclass, p.oid, 0, c.oid, pg_catalog.format('%I.%I.%I', n.nspname, c.relname, p.polname), p.polname, NULL, NULL,
        pg_catalog.concat_ws(', ', CASE WHEN p.polpermissive THEN 'permissive' ELSE 'restrictive' END,
            'for ' || CASE p.polcmd WHEN 'r' THEN 'SELECT' WHEN 'a' THEN 'INSERT' WHEN 'w' THEN 'UPDATE' WHEN 'd' THEN 'DELETE' ELSE 'ALL' END,
            'to ' || (SELECT pg_catalog.string_agg(r.name, ' and ' ORDER BY r.name) FROM role AS r WHERE r.oid = ANY (p.polroles)),
            'using (' || pg_catalog.pg_get_expr(p.polqual, p.polrelid) || ')', 'check (' || pg_catalog.pg_get_expr(p.polwithcheck, p.polrelid) || ')'),
        '', ''
    FROM pg_catalog.pg_policy AS p
    JOIN pg_catalog.pg_class AS c ON c.oid = p.polrelid
    JOIN space AS n ON n.oid = c.relnamespace
    UNION ALL
    SELECT 'statistics', 'pg_catalog.pg_statistic_ext'::regclass, s.oid, 0, s.stxrelid, pg_catalog.format('%I.%I', n.nspname, s.stxname), s.stxname, NULL, NULL, NULL, '', ''
    FROM pg_catalog.pg_statistic_ext AS s
    JOIN space AS n ON n.oid = s.stxnamespace
    UNION ALL
    SELECT CASE f.prokind WHEN 'p' THEN 'procedure' WHEN 'a' THEN 'aggregate' ELSE 'function' END, 'pg_catalog.pg_proc'::regclass, f.oid, 0, 0,
        pg_catalog.format('%I.%I(%s)', n.nspname, f.proname, pg_catalog.pg_get_function_identity_arguments(f.oid)), f.proname,
        f.proowner, f.proacl, CASE WHEN f.prosecdef THEN 'security definer' ELSE '' END, '', ''
    FROM pg_catalog.pg_proc AS f
    JOIN space AS n ON n.oid = f.pronamespace
    WHERE f.oid >= 16384
    UNION ALL
    SELECT CASE t.typtype WHEN 'e' THEN 'enum' WHEN 'd' THEN 'domain' WHEN 'r' THEN 'range' ELSE 'type' END, 'pg_catalog.pg_type'::regclass, t.oid, 0, 0,
        pg_catalog.format('%I.%I', n.nspname, t.typname), t.typname, t.typowner, t.typacl, '',
        CASE WHEN t.typnotnull THEN 'not null' ELSE '' END, ''
    FROM pg_catalog.pg_type AS t
    JOIN space AS n ON n.oid = t.typnamespace
    LEFT JOIN pg_catalog.pg_class AS c ON c.oid = t.typrelid
    WHERE t.oid >= 16384 AND (t.typtype IN ('e', 'd', 'r') OR (t.typtype = 'c' AND c.relkind = 'c') OR (t.typtype = 'b' AND t.typelem = 0))
    UNION ALL
    SELECT 'enum label', 'pg_catalog.pg_enum'::regclass, e.oid, 0, 0, pg_catalog.format('%I.%I.%I', n.nspname, t.typname, e.enumlabel), e.enumlabel, NULL, NULL, NULL, '', ''
    FROM pg_catalog.pg_enum AS e
    JOIN pg_catalog.pg_type AS t ON t.oid = e.enumtypid
    JOIN space AS n ON n.oid = t.typnamespace
    UNION ALL
    SELECT 'extension', 'pg_catalog.pg_extension'::regclass, e.oid, 0, 0, pg_catalog.format('%I', e.extname), e.extname, e.extowner, NULL, '', '', e.extversion
    FROM pg_catalog.pg_extension AS e
    UNION ALL
    SELECT 'publication', 'pg_catalog.pg_publication'::regclass, p.oid, 0, 0, pg_catalog.format('%I', p.pubname), p.pubname, NULL, NULL, NULL, '', ''
    FROM pg_catalog.pg_publication AS p
    UNION ALL
    SELECT 'event trigger', 'pg_catalog.pg_event_trigger'::regclass, e.oid, 0, 0, pg_catalog.format('%I', e.evtname), e.evtname, NULL, NULL, NULL,
        CASE WHEN e.evtenabled = 'D' THEN 'disabled' ELSE '' END, ''
    FROM pg_catalog.pg_event_trigger AS e
    UNION ALL
    SELECT 'default privileges', 'pg_catalog.pg_default_acl'::regclass, w.oid, pg_catalog.ascii(t.type::text), 0, 'for OWNER', '', NULL,
        coalesce(d.defaclacl, pg_catalog.acldefault(CASE t.type WHEN 'S' THEN 's' ELSE t.type END::"char", w.oid)), 'on ' || t.name, '', ''
    FROM pg_catalog.pg_roles AS w
    CROSS JOIN (VALUES ('r', 'tables'), ('S', 'sequences'), ('f', 'functions'), ('T', 'types'), ('n', 'schemas')) AS t(type, name)
    LEFT JOIN pg_catalog.pg_default_acl AS d ON d.defaclrole = w.oid AND d.defaclnamespace = 0 AND d.defaclobjtype = t.type::"char"
    WHERE w.rolname = session_user
    UNION ALL
    SELECT 'default privileges', 'pg_catalog.pg_default_acl'::regclass, d.oid, 0, 0,
        pg_catalog.format('for %s%s', (SELECT r.name FROM role AS r WHERE r.oid = d.defaclrole),
            CASE WHEN d.defaclnamespace = 0 THEN '' ELSE pg_catalog.format(' in %s', d.defaclnamespace::regnamespace) END),
        '', NULL, d.defaclacl,
        'on ' || CASE d.defaclobjtype WHEN 'r' THEN 'tables' WHEN 'S' THEN 'sequences' WHEN 'f' THEN 'functions' WHEN 'T' THEN 'types' ELSE 'schemas' END, '', ''
    FROM pg_catalog.pg_default_acl AS d
    JOIN pg_catalog.pg_roles AS w ON w.oid = d.defaclrole
    WHERE d.defaclnamespace <> 0 OR w.rolname <> session_user
)
SELECT pg_catalog.format('%s.%s.%s', o.class::oid, o.oid, o.sub) AS id, o.kind, o.relation::bigint AS relation, o.name, o.last,
    CASE WHEN o.owner IS NOT NULL OR o.acl IS NOT NULL OR o.extra IS NOT NULL THEN
        pg_catalog.concat_ws(', ', 'owner ' || w.name, nullif(o.extra, ''), CASE
            WHEN o.acl IS NULL AND o.kind IN ('function', 'procedure', 'aggregate') THEN 'EXECUTE to PUBLIC'
            WHEN o.acl IS NULL AND o.kind IN ('enum', 'domain', 'range', 'type') THEN 'USAGE to PUBLIC'
            WHEN o.acl IS NOT NULL THEN (SELECT pg_catalog.string_agg(g.words, ', ' ORDER BY g.words)
            FROM (
                SELECT pg_catalog.format('%s to %s', pg_catalog.string_agg(DISTINCT a.privilege_type || CASE WHEN a.is_grantable THEN '*' ELSE '' END, ' '), r.name) AS words
                FROM pg_catalog.aclexplode(o.acl) AS a
                JOIN role AS r ON r.oid = a.grantee
                WHERE w.name IS DISTINCT FROM r.name
                GROUP BY r.name) AS g) END) END AS rights,
    o.state, o.shape
FROM object AS o
LEFT JOIN role AS w ON w.oid = o.owner
WHERE NOT EXISTS (
    SELECT FROM pg_catalog.pg_depend AS d WHERE d.classid = o.class::oid AND d.objid = o.oid AND d.deptype = 'e')
ORDER BY pg_catalog.format('%s.%s.%s', o.class::oid, o.oid, o.sub) COLLATE pg_catalog."C"
