-- Runs one statement of a file as superuser, in the file's own transaction. Not callable by a file: it takes a token of which only
-- the digest stands here. Made in the template, so that no superuser has to go where SQL of files has been. @digest@ is replaced.
-- Names and operators are qualified, because the search_path is the file's. `shield`: event triggers that fire always are off
-- meanwhile; a statement about event triggers fires none. Serves 12 and newer.
CREATE OR REPLACE FUNCTION pg_catalog.pgdeck_as_superuser(token pg_catalog.text, statement pg_catalog.text, shield pg_catalog.bool)
    RETURNS pg_catalog.void LANGUAGE plpgsql SECURITY DEFINER
    SET session_replication_role = replica
    SET standard_conforming_strings = on
AS $function$
DECLARE
    item  record;
    me    pg_catalog.oid := (SELECT r.oid FROM pg_catalog.pg_authid AS r WHERE r.rolname OPERATOR(pg_catalog.=) current_user);
    again pg_catalog.text[];
    one   pg_catalog.text;
BEGIN
    IF (pg_catalog.encode(pg_catalog.sha256(pg_catalog.convert_to(token, 'UTF8')), 'hex') OPERATOR(pg_catalog.=) '@digest@')
        IS NOT TRUE OR statement IS NULL OR shield IS NULL THEN
        RAISE EXCEPTION USING ERRCODE = '42501', MESSAGE = 'this function is for pgdeck alone';
    END IF;
    IF shield THEN
        FOR item IN SELECT evtname, evtenabled FROM pg_catalog.pg_event_trigger
            WHERE evtenabled OPERATOR(pg_catalog.=) ANY (ARRAY['A', 'R']::pg_catalog."char"[])
        LOOP
            EXECUTE pg_catalog.format('ALTER EVENT TRIGGER %I DISABLE', item.evtname);
            again := pg_catalog.array_append(again, pg_catalog.format('ALTER EVENT TRIGGER %I ENABLE %s', item.evtname,
                CASE WHEN item.evtenabled OPERATOR(pg_catalog.=) 'A'::pg_catalog."char" THEN 'ALWAYS' ELSE 'REPLICA' END));
        END LOOP;
    END IF;
    EXECUTE statement;
    IF again IS NOT NULL THEN
        FOREACH one IN ARRAY again LOOP
            EXECUTE one;
        END LOOP;
    END IF;
    -- What a plain owner can own is given to it, for the statements that follow.
    FOR item IN
        SELECT pg_catalog.format('OPERATOR CLASS %I.%I USING %I', n.nspname, c.opcname, a.amname) AS phrase
        FROM pg_catalog.pg_opclass AS c
        JOIN pg_catalog.pg_namespace AS n ON n.oid OPERATOR(pg_catalog.=) c.opcnamespace
        JOIN pg_catalog.pg_am AS a ON a.oid OPERATOR(pg_catalog.=) c.opcmethod
        WHERE c.oid OPERATOR(pg_catalog.>=) 16384::pg_catalog.oid
            AND c.opcowner OPERATOR(pg_catalog.=) me
            AND NOT EXISTS (SELECT FROM pg_catalog.pg_depend AS d WHERE d.objid OPERATOR(pg_catalog.=) c.oid
                AND d.classid OPERATOR(pg_catalog.=) 'pg_catalog.pg_opclass'::pg_catalog.regclass::pg_catalog.oid
                AND d.deptype OPERATOR(pg_catalog.=) 'e'::pg_catalog."char")
        UNION ALL
        SELECT pg_catalog.format('OPERATOR FAMILY %I.%I USING %I', n.nspname, f.opfname, a.amname)
        FROM pg_catalog.pg_opfamily AS f
        JOIN pg_catalog.pg_namespace AS n ON n.oid OPERATOR(pg_catalog.=) f.opfnamespace
        JOIN pg_catalog.pg_am AS a ON a.oid OPERATOR(pg_catalog.=) f.opfmethod
        WHERE f.oid OPERATOR(pg_catalog.>=) 16384::pg_catalog.oid
            AND f.opfowner OPERATOR(pg_catalog.=) me
            AND NOT EXISTS (SELECT FROM pg_catalog.pg_depend AS d WHERE d.objid OPERATOR(pg_catalog.=) f.oid
                AND d.classid OPERATOR(pg_catalog.=) 'pg_catalog.pg_opfamily'::pg_catalog.regclass::pg_catalog.oid
                AND d.deptype OPERATOR(pg_catalog.=) 'e'::pg_catalog."char")
        UNION ALL
        SELECT pg_catalog.format('TYPE %I.%I', n.nspname, t.typname)
        FROM pg_catalog.pg_type AS t
        JOIN pg_catalog.pg_namespace AS n ON n.oid OPERATOR(pg_catalog.=) t.typnamespace
        WHERE t.oid OPERATOR(pg_catalog.>=) 16384::pg_catalog.oid
            AND t.typowner OPERATOR(pg_catalog.=) me
            AND t.typtype OPERATOR(pg_catalog.=) ANY (ARRAY['b', 'p']::pg_catalog."char"[])
            AND NOT EXISTS (SELECT FROM pg_catalog.pg_type AS e WHERE e.typarray OPERATOR(pg_catalog.=) t.oid)
            AND NOT EXISTS (SELECT FROM pg_catalog.pg_depend AS d WHERE d.objid OPERATOR(pg_catalog.=) t.oid
                AND d.classid OPERATOR(pg_catalog.=) 'pg_catalog.pg_type'::pg_catalog.regclass::pg_catalog.oid
                AND d.deptype OPERATOR(pg_catalog.=) 'e'::pg_catalog."char")
    LOOP
        EXECUTE pg_catalog.format('ALTER %s OWNER TO %I', item.phrase, session_user);
    END LOOP;
END
$function$
