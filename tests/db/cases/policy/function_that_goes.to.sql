-- differences: 3
CREATE SCHEMA app;
CREATE TABLE app.orders (id bigint PRIMARY KEY, customer text NOT NULL, total integer NOT NULL, placed date);
INSERT INTO app.orders VALUES (1, 'ann', 10, '2024-01-05'), (2, 'bob', 99, NULL), (3, 'ann', 7, '2024-02-29');
ALTER TABLE app.orders ENABLE ROW LEVEL SECURITY;
CREATE ROLE reader;
CREATE ROLE "Wri""ter";
CREATE FUNCTION app.can(bigint) RETURNS boolean LANGUAGE sql STABLE AS 'SELECT $1 > 0';
CREATE POLICY p ON app.orders USING (app.can(id));
