CREATE ROLE reader;
CREATE ROLE writer;
CREATE ROLE "Odd ""one""";

CREATE SCHEMA app;
CREATE TABLE app.orders (id bigint PRIMARY KEY, customer text NOT NULL, total integer NOT NULL, placed date);
INSERT INTO app.orders VALUES (1, 'ann', 10, '2024-01-05'), (2, 'bob', 99, NULL), (3, 'ann', 7, '2024-02-29');
CREATE FUNCTION app.twice(integer) RETURNS integer LANGUAGE sql AS 'SELECT 2 * $1';
CREATE VIEW app.doubles AS SELECT app.twice(total) AS total FROM app.orders;
REVOKE EXECUTE ON FUNCTION app.twice(integer) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION app.twice(integer) TO reader WITH GRANT OPTION;
GRANT SELECT ON app.doubles TO reader;
