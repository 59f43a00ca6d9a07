/* SPDX-License-Identifier: GPL-3.0-or-later */
/* For which values two sizes agree: texts, both-together, and a comparison with trying. */
#include "tensor/tn-agreement.h"

static TnDim
dim_of (const char *text)
{
  TnDim dim;

  if (!tn_dim_from_text (text, &dim))
    g_error ("“%s” is no size", text);
  return dim;
}

/* "always", "never", "unknown", or for which values. */
static char *
judge (const char *a, const char *b)
{
  TnDim x = dim_of (a), y = dim_of (b);
  g_auto (TnAgreement) agreement = tn_agreement_judge (x, y);

  switch (agreement.kind)
    {
    case TN_AGREES_UNKNOWN:
      return g_strdup ("unknown");
    case TN_AGREES_ALWAYS:
      return g_strdup ("always");
    case TN_AGREES_NEVER:
      return g_strdup ("never");
    case TN_AGREES_SOMETIMES:
      break;
    }
  return tn_agreement_to_text (&agreement, x, y);
}

static void
test_text (void)
{
  static const struct
  {
    const char *a, *b, *when;
  } cases[] = {
    { "7", "7", "always" },
    { "7", "8", "never" },
    { "None", "7", "unknown" },
    { "None", "H", "unknown" },
    { "H", "H", "always" },
    { "H", "H + 1", "never" },
    { "⌊H/2⌋ + ⌈H/2⌉", "H", "always" },
    { "⌊H/16⌋·16", "H", "H is a multiple of 16" },
    { "⌊H/2⌋·2 + 1", "H", "H leaves the remainder 1 when divided by 2" },
    { "⌊H/8⌋", "⌊H/16⌋·2", "H leaves a remainder from 0 to 7 when divided by 16" },
    { "⌊H/4⌋·4 + ⌊H/3⌋·3", "H·2", "H is a multiple of 12" },
    { "⌈H/3⌉", "⌊H/3⌋ + 1", "H is not a multiple of 3" },
    { "⌊H/2⌋·2", "H − 2", "never" },
    { "H", "7", "H is 7" },
    { "⌊H/2⌋", "7", "H is 14 or 15" },
    { "H + 9", "7", "never" },
    { "H·64", "100", "never" },
    { "H·H·64", "50176", "H is 28" },
    { "H·H", "50", "never" },
    { "H·W·64", "4096", "H·W·64 is 4096" },
    { "H·W·64", "4095", "never" },
    { "H", "W", "H is W" },
    { "H + W", "1", "H + W is 1" },
    { "H·W + 5", "3", "never" },
    { "(⌊(H − 3)/2⌋ + 1)·2", "H", "never" },
    { "⌊H/5000⌋·5000", "H", "⌊H/5000⌋·5000 is H" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *when = judge (cases[i].a, cases[i].b);
      g_autofree char *turned = judge (cases[i].b, cases[i].a);

      g_test_message ("%s = %s: %s", cases[i].a, cases[i].b, when);
      g_assert_cmpstr (when, ==, cases[i].when);
      g_assert_cmpstr (turned, ==, when);
    }
}

static void
test_meet (void)
{
  g_auto (TnAgreement) even = tn_agreement_judge (dim_of ("⌊H/2⌋·2"), dim_of ("H"));
  g_auto (TnAgreement) third = tn_agreement_judge (dim_of ("⌊H/3⌋·3"), dim_of ("H"));
  g_auto (TnAgreement) seven = tn_agreement_judge (dim_of ("H"), dim_of ("7"));
  g_auto (TnAgreement) sixth = tn_agreement_meet (&even, &third);
  g_auto (TnAgreement) none = tn_agreement_meet (&even, &seven);
  g_autofree char *text = tn_agreement_to_text (&sixth, dim_of ("H"), dim_of ("H"));

  g_assert_cmpstr (text, ==, "H is a multiple of 6");
  g_assert_cmpint (none.kind, ==, TN_AGREES_NEVER);
  g_assert_true (tn_agreement_implies (&sixth, &even));
  g_assert_true (tn_agreement_implies (&sixth, &third));
  g_assert_true (tn_agreement_implies (&even, &even));
  g_assert_false (tn_agreement_implies (&even, &sixth));
  g_assert_false (tn_agreement_implies (&even, &third));
  g_assert_false (tn_agreement_implies (&seven, &even));
  g_assert_true (tn_agreement_allows (&sixth, 18));
  g_assert_false (tn_agreement_allows (&sixth, 20));
}

/* Random pairs of one symbol: what is said is so for every value up to 200. */
static void
test_random (void)
{
  for (guint round = 0; round < 500; round++)
    {
      TnDim dims[2] = { tn_symbol_new ("H"), tn_symbol_new ("H") };
      g_auto (TnAgreement) agreement = { .kind = TN_AGREES_UNKNOWN };

      for (guint i = 0; i < 2; i++)
        for (guint step = 0; step < 3; step++)
          dims[i] = tn_symbol_scale (dims[i], g_test_rand_int_range (1, 5),
                                     g_test_rand_int_range (-4, 5), g_test_rand_int_range (1, 5));
      agreement = tn_agreement_judge (dims[0], dims[1]);
      for (gint64 value = 1; value <= 200; value++)
        {
          const char *name = "H";
          gint64 a, b;

          g_assert_true (tn_symbol_evaluate (dims[0], &name, &value, 1, &a));
          g_assert_true (tn_symbol_evaluate (dims[1], &name, &value, 1, &b));
          if (agreement.kind == TN_AGREES_SOMETIMES && agreement.symbol == NULL)
            continue;
          g_assert_cmpint (tn_agreement_allows (&agreement, value), ==, a == b);
        }
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/tensor/agreement/text", test_text);
  g_test_add_func ("/tensor/agreement/meet", test_meet);
  g_test_add_func ("/tensor/agreement/random", test_random);
  return g_test_run ();
}
