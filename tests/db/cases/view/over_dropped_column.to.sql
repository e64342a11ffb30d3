-- differences: 2
-- loses: app.orders.placed
CREATE SCHEMA app;
CREATE TABLE app.orders (id bigint PRIMARY KEY, customer text NOT NULL, total integer NOT NULL);
INSERT INTO app.orders VALUES (1, 'ann', 10), (2, 'bob', 99), (3, 'ann', 7);
CREATE VIEW app.big AS SELECT id, customer, total FROM app.orders WHERE total > 50;
