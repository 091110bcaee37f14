"""How each discrepancy is found: one SQL query a rule of ``schemas.rules``, over ``rec``, ``persons`` and what
``pipelines.reconcile.registry_values`` prepares. Each yields person_id, field, record_id_a, value_a, record_id_b, value_b, favoured
(a, b or null), why, message; what is the same for all is added in ``pipelines.reconcile.findings``."""

from pipelines.reconcile.rules import aid, disability, enrolment, identity, poverty

QUERIES: dict[str, str] = identity.QUERIES | enrolment.QUERIES | poverty.QUERIES | disability.QUERIES | aid.QUERIES
