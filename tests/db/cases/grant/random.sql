CREATE SCHEMA §;
CREATE TABLE §.t (id integer PRIMARY KEY, a text, b text);
INSERT INTO §.t VALUES (1, 'x', 'y');
CREATE SEQUENCE §.s;
CREATE TYPE §.e AS ENUM ('a');
CREATE DOMAIN §.d AS text;
CREATE FUNCTION §.f(integer) RETURNS integer LANGUAGE sql AS 'SELECT 1';
CREATE PROCEDURE §.p() LANGUAGE sql AS 'SELECT 1';
CREATE VIEW §.v AS SELECT a FROM §.t;
GRANT «grant.value: SELECT ¦ SELECT, INSERT ¦ ALL» ON §.t TO random_reader;
GRANT SELECT ON §.t TO "random Writer" «grant.value: ¦ WITH GRANT OPTION»;
«grant: GRANT SELECT ON §.t TO PUBLIC; ¦ »
«grant*: GRANT SELECT (a), UPDATE (a, b) ON §.t TO "random Writer"; ¦ »
«grant: GRANT USAGE ON SCHEMA § TO random_reader; ¦ »
«grant: GRANT USAGE ON SEQUENCE §.s TO random_reader; ¦ »
«grant: REVOKE USAGE ON TYPE §.e FROM PUBLIC; ¦ »
«grant: REVOKE EXECUTE ON FUNCTION §.f(integer) FROM PUBLIC; ¦ »
«grant: GRANT EXECUTE ON FUNCTION §.f(integer) TO random_reader; ¦ »
«grant: GRANT EXECUTE ON PROCEDURE §.p() TO random_reader; ¦ »
«grant: GRANT USAGE ON DOMAIN §.d TO random_reader; ¦ »
«grant: GRANT SELECT ON §.v TO random_reader; ¦ »
«grant: REVOKE DELETE ON §.t FROM postgres; ¦ »
«default_privilege: ALTER DEFAULT PRIVILEGES IN SCHEMA § GRANT «default_privilege.value: SELECT ¦ SELECT, INSERT» ON TABLES TO random_reader; ¦ »
«default_privilege: ALTER DEFAULT PRIVILEGES IN SCHEMA § GRANT USAGE ON SEQUENCES TO "random Writer"; ¦ »
