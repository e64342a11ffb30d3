SELECT 'a;b', 'it''s; fine', '\', ';';
SELECT E'a\';b', e'\\', E'x''y;\'';
SELECT E'a\''
   '; b\';' ;
SELECT 'plain'
  'goes on;\' ;
SELECT B'01', X'1F', N'n;n', U&'d\0061t;a', U&"d\0061t;a", "a;""b", U&'d!0061;' UESCAPE '!';
SELECT $$a;b$$, $tag$ $$;$$ $tagg$ ; $tag$, $_1$;$_1$, $é$;$é$;
SELECT 1 AS foo$$, a$b$ FROM t AS a$c$d;
PREPARE p AS SELECT $1, $2::text;
SELECT 1e5, 1., .5, 1.5e-3, 1::int, 2+-1, 3 - -1;
SELECT a/**/b, a--c;
    - 1, a+/*;*/+1, a*/*/*;*/;*/b;
SELECT a <> b, a != b, a @> b, a ? b, a || '/*' || '--' || b;
