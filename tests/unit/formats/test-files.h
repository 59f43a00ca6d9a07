/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the tests of the room share: files of the tree, and graphs out of text. */
#pragma once

#include <string.h>

#include "../../cases/tn-cases.h"
#include "formats/tn-format.h"
#include "graph/tn-draft.h"

G_BEGIN_DECLS

static inline GBytes *
test_bytes (const char *text)
{
  return g_bytes_new (text, strlen (text));
}

/* Must be a model. */
static inline TnGraph *
test_parse (GBytes *bytes, TnFormat *format)
{
  g_autoptr (GError) error = NULL;
  TnGraph *graph = tn_format_parse (bytes, "test", format, &error);

  g_assert_no_error (error);
  return graph;
}

/* Says the first line that differs. */
static inline void
test_same_bytes (GBytes *a, GBytes *b)
{
  g_auto (GStrv) one = g_strsplit (g_bytes_get_data (a, NULL), "\n", 0);
  g_auto (GStrv) other = g_strsplit (g_bytes_get_data (b, NULL), "\n", 0);

  for (guint i = 0; one[i] && other[i]; i++)
    g_assert_cmpstr (one[i], ==, other[i]);
  g_assert_true (g_bytes_equal (a, b));
}

G_END_DECLS
