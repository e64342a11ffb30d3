-- differences: 1
-- privileges
CREATE ROLE reader;
CREATE ROLE writer;
CREATE ROLE "Odd ""one""";

CREATE SCHEMA app;
CREATE TABLE app.orders (id bigint PRIMARY KEY, customer text NOT NULL, total integer NOT NULL, placed date);
INSERT INTO app.orders VALUES (1, 'ann', 10, '2024-01-05'), (2, 'bob', 99, NULL), (3, 'ann', 7, '2024-02-29');
GRANT UPDATE ON app.orders TO reader;
GRANT SELECT (id) ON app.orders TO reader WITH GRANT OPTION;
