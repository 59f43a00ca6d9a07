/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Contracts with arrays: do given data and labels fit a model's inputs and Targets? */
#pragma once

#include "infer/tn-facts.h"

G_BEGIN_DECLS

/* An array that is to be fed to an InputLayer, or compared with what a Target stands at. */
typedef struct
{
  TnNodeId node;
  TnShape shape; /* full, the samples first */
  char *name;    /* what people call it: its file; borrowed */
} TnData;

/* Adds contract issues "data-shape" to @report: what each of @data should look like, what it looks
 * like, and how it can be brought into shape; and "data-samples" where one has more samples than
 * the others. */
void tn_data_check (const TnFacts *facts, const TnData *data, guint n_data, TnReport *report);

G_END_DECLS
