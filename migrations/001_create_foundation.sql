-- What the tables to come share: enums, domains, and the trigger function that keeps updated_at.
-- CREATE TYPE and CREATE DOMAIN know no IF NOT EXISTS, so a block asks first whether the name is taken.
-- The domains stand before the tables: a column of a domain with a check, added later, rewrites its table.

DO $$
BEGIN
    IF to_regtype('case_status') IS NULL THEN
        CREATE TYPE case_status AS ENUM ('draft', 'active', 'retired');
    END IF;
    IF to_regtype('run_status') IS NULL THEN
        CREATE TYPE run_status AS ENUM ('queued', 'running', 'completed', 'failed');
    END IF;
    IF to_regtype('log_verdict') IS NULL THEN
        CREATE TYPE log_verdict AS ENUM ('pending', 'passed', 'failed', 'error');
    END IF;
    IF to_regtype('score') IS NULL THEN
        CREATE DOMAIN score AS numeric(5,2) CHECK (VALUE BETWEEN 0 AND 100);
    END IF;
    IF to_regtype('usd') IS NULL THEN
        CREATE DOMAIN usd AS numeric(12,6) CHECK (VALUE >= 0);
    END IF;
END
$$;

COMMENT ON TYPE log_verdict IS 'error: no usable reply, so nothing was judged';
COMMENT ON DOMAIN score IS 'Points of 100';
COMMENT ON DOMAIN usd IS 'US dollars, to a millionth: single calls cost fractions of a cent';

CREATE OR REPLACE FUNCTION touch_updated_at() RETURNS trigger
LANGUAGE plpgsql
AS $$
BEGIN
    NEW.updated_at := now();
    RETURN NEW;
END
$$;

COMMENT ON FUNCTION touch_updated_at() IS 'Row trigger: stamps updated_at of a changed row';
