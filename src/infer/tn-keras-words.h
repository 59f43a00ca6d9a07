/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Keras's own sentence for an issue: for those who come with it, or look for it. */
#pragma once

#include "infer/tn-facts.h"

G_BEGIN_DECLS

/* What Keras 3.15 prints for the fault that @issue of @facts is, without the frame that it puts
 * around some (“Exception encountered when calling …”). NULL where Keras says nothing (it is legal
 * there, or found out only by a loss or a run), or where its words are not known. Never translated.
 * New string. */
char *tn_keras_words (const TnFacts *facts, const TnIssue *issue);

G_END_DECLS
