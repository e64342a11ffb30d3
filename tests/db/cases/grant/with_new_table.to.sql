-- differences: 1
-- privileges
CREATE ROLE reader;
CREATE ROLE writer;
CREATE ROLE "Odd ""one""";

CREATE SCHEMA app;
CREATE TABLE app.orders (id bigint PRIMARY KEY, customer text NOT NULL, total integer NOT NULL, placed date);
INSERT INTO app.orders VALUES (1, 'ann', 10, '2024-01-05'), (2, 'bob', 99, NULL), (3, 'ann', 7, '2024-02-29');
CREATE TABLE app.items (id bigint, name text);
INSERT INTO app.items VALUES (1, 'cup');
GRANT SELECT ON app.items TO reader WITH GRANT OPTION;
GRANT INSERT (name) ON app.items TO "Odd ""one""";
REVOKE DELETE ON app.items FROM CURRENT_USER;
