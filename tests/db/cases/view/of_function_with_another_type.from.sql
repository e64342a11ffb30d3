CREATE SCHEMA app;
CREATE TABLE app.orders (id bigint PRIMARY KEY, customer text NOT NULL, total integer NOT NULL, placed date);
INSERT INTO app.orders VALUES (1, 'ann', 10, '2024-01-05'), (2, 'bob', 99, NULL), (3, 'ann', 7, '2024-02-29');
CREATE FUNCTION app.tax(integer) RETURNS integer LANGUAGE sql IMMUTABLE AS 'SELECT $1 / 5';
CREATE VIEW app.taxes AS SELECT id, app.tax(total) AS tax FROM app.orders;
