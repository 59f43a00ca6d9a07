/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The bundled example models. */
#pragma once

#include "graph/tn-graph.h"

#include <gio/gio.h>

G_BEGIN_DECLS

typedef struct
{
  const char *name;    /* "missing-flatten" */
  const char *title;   /* N_() */
  const char *summary; /* N_() one sentence */
  gboolean mistake;    /* something is wrong with it, which is what it shows */
} TnExample;

/* In the order in which they are offered, those with a mistake last; ends with name NULL. */
const TnExample *tn_examples (void);
/* NULL when there is none of this name. */
const TnExample *tn_example_find (const char *name);
TnGraph *tn_example_read (const TnExample *example, GError **error);

G_END_DECLS
