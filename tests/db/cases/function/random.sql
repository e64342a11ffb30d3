CREATE SCHEMA §;
CREATE TABLE §.orders (id integer PRIMARY KEY, total numeric, note text);
INSERT INTO §.orders VALUES (1, 10, 'x'), (2, 20, NULL);
CREATE FUNCTION §.plain(«function.arguments: a integer, b integer ¦ a integer, other integer» «function.defaults: DEFAULT 1 ¦ DEFAULT 2 ¦ ») RETURNS «function.returns*: integer ¦ bigint ¦ numeric»
  LANGUAGE plpgsql «function.volatility: ¦ STABLE ¦ IMMUTABLE» «function.strict: ¦ STRICT» «function.leakproof: ¦ LEAKPROOF» «function.parallel: ¦ PARALLEL SAFE ¦ PARALLEL RESTRICTED»
  COST «function.cost: 100 ¦ 7» «function.security_definer: ¦ SECURITY DEFINER» «function.settings: ¦ SET search_path TO '' ¦ SET search_path TO "§", pg_temp SET work_mem TO '8MB'»
  AS 'BEGIN RETURN «function.body: 1 ¦ 2»; END';
COMMENT ON FUNCTION §.plain IS «function.comment: NULL ¦ 'plain' ¦ 'other'»;
CREATE FUNCTION §.numbers(n integer) RETURNS SETOF integer LANGUAGE «l=function.language*: sql ¦ plpgsql» ROWS «function.rows: 1000 ¦ 5»
  AS «l? 'SELECT 1 AS x' ¦ 'BEGIN RETURN NEXT 1; END'»;
CREATE FUNCTION §.atomic(a integer) RETURNS bigint LANGUAGE sql
  BEGIN ATOMIC «function.sql_body: SELECT count(*) FROM §.orders WHERE id = a; ¦ SELECT sum(o.total)::bigint FROM §.orders AS o; ¦ SELECT a::bigint + 1;» END;
CREATE FUNCTION §.ranking() RETURNS bigint LANGUAGE internal «function.window: WINDOW ¦ » AS 'window_row_number';
CREATE FUNCTION §.starts(text, text) RETURNS boolean LANGUAGE internal IMMUTABLE STRICT «function.support: ¦ SUPPORT text_starts_with_support» AS 'text_starts_with';
CREATE FUNCTION §.native(integer) RETURNS integer LANGUAGE internal IMMUTABLE STRICT AS «function.body: 'int4abs' ¦ 'int4um'»;
CREATE FUNCTION §.expressed(text) RETURNS text LANGUAGE sql IMMUTABLE AS 'SELECT «function.body: lower ¦ upper»($1)';
CREATE INDEX orders_expressed ON §.orders (§.expressed(note));
CREATE FUNCTION §.library(internal) RETURNS internal LANGUAGE «b=function.library*: internal ¦ c» AS «b? 'textrecv' ¦ '$libdir/dict_snowball', 'dsnowball_init'»;
CREATE TYPE §.turned AS ENUM ('x');
CREATE FUNCTION §.turned_of(internal) RETURNS §.turned LANGUAGE internal IMMUTABLE AS 'enum_recv';
CREATE TRANSFORM FOR §.turned LANGUAGE sql (FROM SQL WITH FUNCTION prsd_lextype(internal), TO SQL WITH FUNCTION §.turned_of(internal));
CREATE FUNCTION §.transforms() RETURNS integer LANGUAGE sql «function.transforms: ¦ TRANSFORM FOR TYPE §.turned» AS 'SELECT 1';
«function: CREATE FUNCTION §."Gone"(VARIADIC a text[]) RETURNS text[] LANGUAGE sql AS 'SELECT $1'; ¦ »
«function: CREATE FUNCTION §.overloaded(integer) RETURNS integer LANGUAGE sql AS 'SELECT 1'; ¦ »
CREATE FUNCTION §.overloaded(text) RETURNS integer LANGUAGE sql AS 'SELECT 2';
CREATE FUNCTION §.rows_of(OUT id integer, OUT total numeric) RETURNS SETOF record LANGUAGE sql STABLE AS 'SELECT id, total FROM §.orders';
CREATE FUNCTION §.table_of() RETURNS TABLE (id integer«function.returns: ¦ , more text») LANGUAGE plpgsql AS 'BEGIN RETURN; END';
CREATE VIEW §.used AS SELECT §.plain(1, 2) AS x, §.atomic(id) AS y, §.overloaded('a') FROM §.orders;
«check: ALTER TABLE §.orders ADD CONSTRAINT positive CHECK (§.plain(id, 1) > 0); ¦ »
ALTER TABLE §.orders ALTER total SET DEFAULT «column.default: §.plain(3, 4) ¦ §.atomic(1) ¦ 5»;
