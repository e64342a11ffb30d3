-- differences: 2
CREATE SCHEMA app;
CREATE TABLE app.orders (id bigint PRIMARY KEY, customer text NOT NULL, total integer NOT NULL, placed date);
INSERT INTO app.orders VALUES (1, 'ann', 10, '2024-01-05'), (2, 'bob', 99, NULL), (3, 'ann', 7, '2024-02-29');
CREATE VIEW app.circle AS SELECT 1 AS size, 'x'::varchar(20) AS name, 'y'::text COLLATE "C" AS label;
CREATE FUNCTION app.width(app.circle) RETURNS integer LANGUAGE sql AS 'SELECT $1.size * 2';
CREATE OR REPLACE VIEW app.circle AS
    SELECT app.width(NULL::app.circle) AS size, 'x'::varchar(20) AS name, 'y'::text COLLATE "C" AS label;
COMMENT ON VIEW app.circle IS 'round';
