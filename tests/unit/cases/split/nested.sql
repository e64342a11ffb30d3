CREATE RULE r AS ON INSERT TO t DO INSTEAD (INSERT INTO a VALUES (1); INSERT INTO b VALUES (';'));
CREATE SCHEMA s CREATE TABLE t (a int) CREATE VIEW v AS SELECT a FROM t;
/* outside /* inside ; */ still outside ; */ SELECT 1 /* ; /* ; */ ; */ ;
;;  ; -- empty; statements
/**//***//*/**/*/SELECT 2;
SELECT '--', "/*" FROM (SELECT 1 AS "/*") x; -- trailing; comment
DO $do$
BEGIN
    PERFORM 1; EXECUTE $x$SELECT ';'$x$;
END
$do$;
CREATE TABLE "t;" ("a""b;" text DEFAULT ';', CHECK ("a""b;" <> ')'));
SELECT ARRAY[1, 2], (ROW(1));
SELECT 'without a semicolon'
