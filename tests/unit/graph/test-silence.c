/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Notes at a layer: warnings silenced and told again, beside what others have noted there. */
#include "graph/tn-silence.h"

#include "graph-schemas.h"

static TnValue *
parse (const char *text)
{
  g_autofree char *message = NULL;
  TnValue *value = tn_value_from_text (text, &message);

  g_assert_cmpstr (message, ==, NULL);
  return value;
}

/* A draft with one layer, of id 1. */
static TnDraft *
draft_one (void)
{
  TnDraft *draft = tn_draft_new (NULL);

  g_assert_cmpuint (tn_draft_add (draft, &test_input, NULL, FALSE, NULL), ==, 1);
  return draft;
}

static void
test_silence (void)
{
  g_autoptr (TnDraft) draft = draft_one ();
  g_autoptr (TnGraph) first = tn_draft_finish (draft), second = NULL;

  tn_draft_silence (draft, 1, "broadcast", TRUE);
  tn_draft_silence (draft, 1, "broadcast", TRUE);
  tn_draft_silence (draft, 1, "unused", TRUE);
  g_assert_true (tn_node_is_silenced (tn_draft_find (draft, 1), "broadcast"));
  g_assert_true (tn_node_is_silenced (tn_draft_find (draft, 1), "unused"));
  g_assert_false (tn_node_is_silenced (tn_draft_find (draft, 1), "size-one"));
  g_assert_cmpuint (tn_value_size (tn_node_note (tn_draft_find (draft, 1), "silenced")), ==, 2);

  /* Nothing is left of it in the end, and nothing in the graph before. */
  tn_draft_silence (draft, 1, "size-one", FALSE);
  tn_draft_silence (draft, 1, "broadcast", FALSE);
  g_assert_false (tn_node_is_silenced (tn_draft_find (draft, 1), "broadcast"));
  g_assert_true (tn_node_is_silenced (tn_draft_find (draft, 1), "unused"));
  tn_draft_silence (draft, 1, "unused", FALSE);
  g_assert_null (tn_node_extras (tn_draft_find (draft, 1)));
  second = tn_draft_finish (draft);
  g_assert_true (tn_graph_same_meaning (first, second));
}

static void
test_beside_others (void)
{
  g_autoptr (TnDraft) draft = draft_one ();
  g_autoptr (TnValue) symbols = parse ("['T', None]"), config = parse ("'float16'");
  g_autoptr (TnValue) extras = tn_value_with (NULL, "dtype", config);

  tn_draft_set_extras (draft, 1, extras);
  tn_draft_set_note (draft, 1, "symbols", symbols);
  tn_draft_silence (draft, 1, "unused", TRUE);
  g_assert_true (tn_value_equal (tn_node_note (tn_draft_find (draft, 1), "symbols"), symbols));
  tn_draft_set_note (draft, 1, "symbols", NULL);
  g_assert_null (tn_node_note (tn_draft_find (draft, 1), "symbols"));
  g_assert_true (tn_node_is_silenced (tn_draft_find (draft, 1), "unused"));
  tn_draft_silence (draft, 1, "unused", FALSE);
  g_assert_true (tn_value_equal (tn_node_extras (tn_draft_find (draft, 1)), extras));
}

/* What a file has there may be anything. */
static void
test_odd (void)
{
  static const char *const texts[] = {
    "3", "{}", "{'silenced': 3}", "{'silenced': {}}", "{'silenced': [3, None, ['unused'], {}]}",
  };

  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      g_autoptr (TnDraft) draft = draft_one ();
      g_autoptr (TnValue) notes = parse (texts[i]);
      g_autoptr (TnValue) outer = tn_value_with (NULL, "tenon", notes);
      g_autoptr (TnValue) extras = tn_value_with (NULL, TN_EXTRAS_OUTER, outer);

      tn_draft_set_extras (draft, 1, extras);
      g_assert_false (tn_node_is_silenced (tn_draft_find (draft, 1), "unused"));
      tn_draft_silence (draft, 1, "unused", FALSE);
      g_assert_true (tn_value_equal (tn_node_extras (tn_draft_find (draft, 1)), extras));
      tn_draft_silence (draft, 1, "unused", TRUE);
      g_assert_true (tn_node_is_silenced (tn_draft_find (draft, 1), "unused"));
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/graph/silence/silence", test_silence);
  g_test_add_func ("/graph/silence/beside-others", test_beside_others);
  g_test_add_func ("/graph/silence/odd", test_odd);
  return g_test_run ();
}
