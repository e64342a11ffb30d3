CREATE SCHEMA §;
CREATE TABLE §.log (id integer PRIMARY KEY, line text);
INSERT INTO §.log VALUES (1, 'x');
CREATE PROCEDURE §.work(«procedure.arguments: a integer ¦ number integer» «procedure.defaults: ¦ DEFAULT 1 ¦ DEFAULT 2») LANGUAGE plpgsql «procedure.security_definer: ¦ SECURITY DEFINER» «procedure.settings: ¦ SET search_path TO '' ¦ SET work_mem TO '4MB'»
  AS 'BEGIN «procedure.body: NULL; ¦ DELETE FROM §.log WHERE id > 100;» END';
COMMENT ON PROCEDURE §.work IS «procedure.comment: NULL ¦ 'works'»;
CREATE PROCEDURE §.spoken() LANGUAGE «l=procedure.language*: plpgsql ¦ sql» AS «l? 'BEGIN END' ¦ 'SELECT 1'»;
CREATE PROCEDURE §.atomic(a integer) LANGUAGE sql BEGIN ATOMIC «procedure.sql_body: DELETE FROM §.log WHERE id = a; ¦ UPDATE §.log SET line = NULL WHERE id = a;» END;
CREATE PROCEDURE §.library(internal) LANGUAGE «b=procedure.library*: internal ¦ c» AS «b? 'textrecv' ¦ '$libdir/dict_snowball', 'dsnowball_init'»;
CREATE TYPE §.turned AS ENUM ('x');
CREATE FUNCTION §.turned_of(internal) RETURNS §.turned LANGUAGE internal IMMUTABLE AS 'enum_recv';
CREATE TRANSFORM FOR §.turned LANGUAGE sql (FROM SQL WITH FUNCTION prsd_lextype(internal), TO SQL WITH FUNCTION §.turned_of(internal));
CREATE PROCEDURE §.transforms() LANGUAGE sql «procedure.transforms: ¦ TRANSFORM FOR TYPE §.turned» AS 'SELECT 1';
«procedure: CREATE PROCEDURE §.gone(INOUT a text) LANGUAGE sql AS 'SELECT $1'; ¦ »
