CREATE SCHEMA app;
CREATE TABLE app.orders (id bigint PRIMARY KEY, customer text NOT NULL, total integer NOT NULL, placed date);
INSERT INTO app.orders VALUES (1, 'ann', 10, '2024-01-05'), (2, 'bob', 99, NULL), (3, 'ann', 7, '2024-02-29');
CREATE TABLE app.log (id bigint, what text);
INSERT INTO app.log VALUES (1, 'made');
CREATE INDEX by_id ON app.orders (id);
