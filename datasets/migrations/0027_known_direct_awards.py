from django.db import migrations

import gesoc.common.migrations

# What suppliers got without competition was empty where nothing was awarded so and where no procedure is stated. Now it is zero
# of the first, as every publication counts it from then on.
KNOWN = """
    UPDATE datasets_suppliertotal total SET direct_amount = 0 FROM (
        SELECT DISTINCT coalesce(s.merged_into_id, s.id) AS supplier_id, c.currency
        FROM datasets_contract c
        JOIN datasets_supplier s ON s.id = c.supplier_id
        JOIN datasets_release r ON r.id = c.release_id AND r.status = 'published'
        WHERE c.method NOT IN ('', 'direct') AND NOT EXISTS (
            SELECT FROM datasets_release wider
            WHERE wider.status = 'published' AND wider.kind = 'contracts' AND wider.public_body_id = r.public_body_id
              AND wider.year = r.year AND r.period <> 'annual'
              AND (wider.period = 'annual' OR (r.period LIKE '____-__'
                   AND wider.period = 'Q' || ((right(r.period, 2)::int + 2) / 3)))
        )
    ) told
    WHERE total.direct_amount IS NULL AND total.supplier_id = told.supplier_id AND total.currency = told.currency
"""


class Migration(gesoc.common.migrations.Migration):

    dependencies = [
        ("datasets", "0026_direct_awards_of_suppliers"),
    ]

    operations = [
        migrations.RunSQL(KNOWN, migrations.RunSQL.noop),
    ]
