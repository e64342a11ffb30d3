-- differences: 1
-- privileges
-- loses: app.orders.placed
CREATE ROLE reader;
CREATE ROLE writer;
CREATE ROLE "Odd ""one""";

CREATE SCHEMA app;
CREATE TABLE app.orders (id bigint PRIMARY KEY, customer text NOT NULL, total integer NOT NULL);
INSERT INTO app.orders VALUES (1, 'ann', 10), (2, 'bob', 99), (3, 'ann', 7);
